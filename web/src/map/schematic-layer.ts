import type { CanvasView } from "./canvas-layer";
import { CanvasLayer } from "./canvas-layer";
import { Plane, planeScale } from "./geo";
import { blockLines, curve, landOutline, onPlane, rounded } from "./outline";
import { latLon, type RoadClass, schematic, type Schematic } from "./schematic";
import { paintNames } from "./schematic-names";
import type { MapTheme } from "./theme";

interface Quarter {
  readonly ring: Path2D;
  readonly blocks: Path2D;
}

interface Shapes {
  readonly land: Path2D;
  readonly lakes: Path2D;
  readonly islands: Path2D;
  readonly parks: Path2D;
  readonly quarters: readonly Quarter[];
  readonly channels: readonly { width_m: number; path: Path2D }[];
  readonly moles: Path2D;
  readonly rails: Path2D;
  readonly runways: Path2D;
  readonly border: Path2D;
  readonly roads: Readonly<Record<RoadClass, Path2D>>;
}

/** Widths in pixels at zoom 13 and the zoom from which a road is drawn. */
const ROADS: Readonly<Record<RoadClass, { width: number; edge: number; from: number }>> = {
  trunk: { width: 5.6, edge: 1, from: 7 },
  main: { width: 4.8, edge: 1, from: 9 },
  street: { width: 3, edge: 0.7, from: 11 },
  path: { width: 1.4, edge: 0, from: 12 },
  tram: { width: 1.2, edge: 0, from: 13 },
  ferry: { width: 1.4, edge: 0, from: 11 },
};
const GROWTH = 1.34;
const BLOCKS_FROM = 12;
/** Radius of a road's corner in metres of the plane, about 22 m on the ground. */
const CORNER = 40;

/** The built-in map: coast, water, parks, quarters, streets and their names. */
export class SchematicLayer extends CanvasLayer {
  readonly #plane = new Plane(latLon(schematic.origin));
  readonly #shapes = compile(schematic, this.#plane);
  #theme: MapTheme;

  constructor(pane: string, theme: MapTheme) {
    super(pane);
    this.#theme = theme;
  }

  setTheme(theme: MapTheme): void {
    this.#theme = theme;
    this.invalidate();
  }

  protected override paint(view: CanvasView): void {
    const { context, width, height, zoom } = view;
    const theme = this.#theme;
    context.fillStyle = theme.sea;
    context.fillRect(0, 0, width, height);
    const scale = planeScale(zoom);
    const offset = this.#offset(view);
    context.save();
    context.translate(offset.x, offset.y);
    context.scale(scale, scale);
    paintGround(context, this.#shapes, theme, zoom, scale);
    paintRoads(context, this.#shapes, theme, zoom, scale);
    context.restore();
    paintNames(view, { plane: this.#plane, scale, offset, theme, source: schematic });
  }

  /** Where the plane's origin lies on the canvas. */
  #offset(view: CanvasView): { x: number; y: number } {
    const { lat, lon } = this.#plane.origin;
    const origin = this._map.project([lat, lon], view.zoom);
    return { x: origin.x - view.left, y: origin.y - view.top };
  }
}

function compile(source: Schematic, plane: Plane): Shapes {
  const path = (draw: (pen: Path2D) => void): Path2D => {
    const pen = new Path2D();
    draw(pen);
    return pen;
  };
  const rings = (list: readonly { ring: Parameters<typeof onPlane>[0] }[]): Path2D =>
    path((pen) => list.forEach(({ ring }) => curve(pen, onPlane(ring, plane), true)));
  const lines = (list: readonly Parameters<typeof onPlane>[0][]): Path2D =>
    path((pen) => list.forEach((line) => curve(pen, onPlane(line, plane))));
  const roads = Object.fromEntries(
    (Object.keys(ROADS) as RoadClass[]).map((kind) => [
      kind,
      path((pen) => {
        for (const road of source.roads) {
          if (road.class === kind) rounded(pen, onPlane(road.path, plane), CORNER);
        }
      }),
    ]),
  ) as Record<RoadClass, Path2D>;
  return {
    land: path((pen) => source.land.forEach((land) => landOutline(pen, land, plane))),
    lakes: rings(source.lakes),
    islands: rings(source.islands),
    parks: rings(source.parks.map((ring) => ({ ring }))),
    quarters: source.urban.map((quarter) => ({
      ring: rings([quarter]),
      blocks: path((pen) => blockLines(pen, quarter, plane)),
    })),
    channels: source.channels.map((channel) => ({
      width_m: channel.width_m / Math.cos((plane.origin.lat * Math.PI) / 180),
      path: lines([channel.path]),
    })),
    moles: lines(source.moles),
    rails: lines(source.rails),
    runways: lines(source.runways),
    border: lines([source.border]),
    roads,
  };
}

/** Line widths are given in pixels; the context is scaled to the plane. */
function paintGround(
  context: CanvasRenderingContext2D, shapes: Shapes, theme: MapTheme, zoom: number, scale: number,
): void {
  const px = 1 / scale;
  context.lineJoin = "round";
  context.lineCap = "round";
  context.fillStyle = theme.land;
  context.fill(shapes.land);
  context.save();
  context.clip(shapes.land);
  context.fillStyle = theme.park;
  context.fill(shapes.parks);
  for (const { ring, blocks } of shapes.quarters) {
    context.fillStyle = theme.urban;
    context.fill(ring);
    if (zoom < BLOCKS_FROM) continue;
    context.save();
    context.clip(ring);
    context.strokeStyle = theme.streetFill;
    context.lineWidth = 1.6 * GROWTH ** (zoom - 13) * px;
    context.stroke(blocks);
    context.restore();
  }
  context.restore();
  context.fillStyle = theme.sea;
  context.fill(shapes.lakes);
  context.fillStyle = theme.park;
  context.fill(shapes.islands);
  context.strokeStyle = theme.sea;
  for (const { width_m, path } of shapes.channels) {
    context.lineWidth = Math.max(width_m, 1.2 * px);
    context.stroke(path);
  }
  if (zoom >= 11) {
    context.strokeStyle = theme.rail;
    context.lineWidth = Math.min(12, 2.2 * GROWTH ** (zoom - 13)) * px;
    context.stroke(shapes.moles);
    context.globalAlpha = 0.55;
    context.lineWidth = Math.max(45 * 1.78, 2 * px);
    context.lineCap = "butt";
    context.stroke(shapes.runways);
    context.globalAlpha = 1;
  }
  if (zoom < 12) {
    context.strokeStyle = theme.rail;
    context.lineWidth = 1.6 * px;
    context.setLineDash([8 * px, 4 * px, 2 * px, 4 * px]);
    context.stroke(shapes.border);
    context.setLineDash([]);
  }
}

function paintRoads(
  context: CanvasRenderingContext2D, shapes: Shapes, theme: MapTheme, zoom: number, scale: number,
): void {
  const px = 1 / scale;
  const grown = (width: number): number => Math.max(0.8, width * GROWTH ** (zoom - 13)) * px;
  context.lineCap = "round";
  if (zoom >= 10) {
    context.strokeStyle = theme.rail;
    context.lineWidth = grown(2.6);
    context.stroke(shapes.rails);
    context.strokeStyle = theme.land;
    context.lineWidth = grown(1.2);
    context.lineCap = "butt";
    context.setLineDash([7 * px, 7 * px]);
    context.stroke(shapes.rails);
    context.setLineDash([]);
    context.lineCap = "round";
  }
  const dashed: readonly RoadClass[] = ["ferry", "path", "tram"];
  for (const kind of dashed) {
    if (zoom < ROADS[kind].from) continue;
    context.strokeStyle = kind === "path" ? theme.streetEdge : theme.rail;
    context.lineWidth = grown(ROADS[kind].width);
    context.setLineDash(kind === "tram" ? [] : [5 * px, 5 * px]);
    context.stroke(shapes.roads[kind]);
  }
  context.setLineDash([]);
  const built: readonly RoadClass[] = ["street", "main", "trunk"];
  for (const kind of built) {
    const { width, edge, from } = ROADS[kind];
    if (zoom < from) continue;
    context.strokeStyle = kind === "street" ? theme.streetEdge : theme.mainEdge;
    context.lineWidth = grown(width + 2 * edge);
    context.stroke(shapes.roads[kind]);
  }
  for (const kind of built) {
    const { width, from } = ROADS[kind];
    if (zoom < from) continue;
    context.strokeStyle = kind === "street" ? theme.streetFill : theme.mainFill;
    context.lineWidth = grown(width);
    context.stroke(shapes.roads[kind]);
  }
}
