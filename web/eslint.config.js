import tseslint from "typescript-eslint";

/** Text from radios stays text: the ways to turn a string into markup are banned. */
const markup = [
  ...["innerHTML", "outerHTML"].map((name) => ({
    selector: `AssignmentExpression > MemberExpression.left[property.name="${name}"]`,
    message: `${name} turns text into markup; build elements or set textContent.`,
  })),
  {
    selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|createContextualFragment|setHTMLUnsafe|parseFromString)$/]",
    message: "This turns text into markup; build elements or set textContent.",
  },
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: "document.write turns text into markup.",
  },
  {
    selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
    message: "Markup from strings is not allowed.",
  },
  {
    selector: "JSXAttribute[name.name='style'] > Literal",
    message: "An inline style attribute breaks the content security policy; use a class or a style object.",
  },
  {
    selector: "JSXText[value=/\\p{L}{2,}/u]",
    message: "Text that people read comes from the language files: use t().",
  },
];

export default tseslint.config(
  { ignores: ["dist/", "node_modules/", "src/api/schema.d.ts"] },
  ...tseslint.configs.strict,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "no-restricted-syntax": ["error", ...markup],
      "no-eval": "error",
      "no-console": "error",
      eqeqeq: ["error", "always"],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
);
