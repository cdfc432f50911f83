/** Leaflet asks once, while it loads, whether the browser parses "<svg/>".
 *
 * Under `require-trusted-types-for 'script'` that would end the console before its
 * first line. The default policy lets exactly that string through and nothing else.
 */
interface TrustedTypes {
  readonly defaultPolicy: object | null;
  createPolicy(name: string, rules: { createHTML: (markup: string) => string }): object;
}

const ALLOWED = "<svg/>";

export function allowLeafletProbe(types: TrustedTypes | undefined): void {
  if (!types || types.defaultPolicy) return;
  types.createPolicy("default", {
    createHTML: (markup) => {
      if (markup === ALLOWED) return markup;
      throw new TypeError("Markup from strings is not allowed.");
    },
  });
}

allowLeafletProbe((globalThis as { trustedTypes?: TrustedTypes }).trustedTypes);
