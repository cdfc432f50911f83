import "./trusted";
import L from "leaflet";

/** One painting: a canvas that is larger than the map's window by a margin on each side. */
export interface CanvasView {
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly zoom: number;
  /** World pixels (Leaflet's, at this zoom) of the canvas's top left corner. */
  readonly left: number;
  readonly top: number;
  /** Milliseconds of the animation clock. */
  readonly now: number;
}

/** Share of the window that is painted beyond each side, so that a short drag shows no edge. */
const MARGIN = 0.25;

/** A Leaflet layer that is one canvas; it follows drags and zoom animations by transform
 * and is painted again only when asked, when a drag leaves the margin, or at rest. */
export abstract class CanvasLayer extends L.Layer {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D | null;
  readonly #paneName: string;
  #frame = 0;
  #corner = L.point(0, 0);
  #center = L.latLng(0, 0);
  #zoom = 0;

  constructor(pane: string) {
    super({ pane });
    this.#paneName = pane;
    this.#canvas = document.createElement("canvas");
    this.#canvas.className = "map-canvas leaflet-zoom-animated";
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#context = this.#canvas.getContext("2d");
  }

  protected abstract paint(view: CanvasView): void;

  override onAdd(map: L.Map): this {
    map.getPane(this.#paneName)?.append(this.#canvas);
    this.#reset();
    return this;
  }

  override onRemove(): this {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#canvas.remove();
    return this;
  }

  override getEvents(): Record<string, L.LeafletEventHandlerFn> {
    return {
      viewreset: () => this.#reset(),
      resize: () => this.#reset(),
      moveend: () => this.#reset(),
      move: () => this.#follow(),
      zoomanim: (event) => {
        const { center, zoom } = event as L.ZoomAnimEvent;
        this.#scaleTo(center, zoom);
      },
    };
  }

  /** Paint on the next animation frame; many calls make one painting. */
  invalidate(): void {
    this.#frame ||= requestAnimationFrame((now) => {
      this.#frame = 0;
      this.#draw(now);
    });
  }

  /** Corner of the canvas in Leaflet's layer points: what the painting was made for. */
  protected get corner(): L.Point {
    return this.#corner;
  }

  #reset(): void {
    const map = this._map;
    if (!map) return;
    const size = map.getSize();
    this.#corner = map.containerPointToLayerPoint(size.multiplyBy(-MARGIN)).round();
    this.#center = map.getCenter();
    this.#zoom = map.getZoom();
    const whole = size.multiplyBy(1 + 2 * MARGIN).round();
    const ratio = window.devicePixelRatio || 1;
    const canvas = this.#canvas;
    if (canvas.width !== Math.round(whole.x * ratio) || canvas.height !== Math.round(whole.y * ratio)) {
      canvas.width = Math.round(whole.x * ratio);
      canvas.height = Math.round(whole.y * ratio);
      canvas.style.width = `${whole.x}px`;
      canvas.style.height = `${whole.y}px`;
    }
    L.DomUtil.setTransform(canvas, this.#corner, 1);
    this.#draw(performance.now());
  }

  #follow(): void {
    const map = this._map;
    if (!map || map.getZoom() !== this.#zoom) return;
    const size = map.getSize();
    const moved = map.containerPointToLayerPoint(size.multiplyBy(-MARGIN)).subtract(this.#corner);
    if (Math.abs(moved.x) > size.x * MARGIN * 0.8 || Math.abs(moved.y) > size.y * MARGIN * 0.8) this.#reset();
  }

  #scaleTo(center: L.LatLng, zoom: number): void {
    const map = this._map;
    const scale = map.getZoomScale(zoom, this.#zoom);
    const half = map.getSize().multiplyBy(0.5);
    const pane = L.DomUtil.getPosition(map.getPane("mapPane") as HTMLElement);
    const origin = map.project(center, zoom).subtract(half).add(pane).round();
    const corner = map
      .project(this.#center, zoom)
      .subtract(half.multiplyBy(scale * (1 + 2 * MARGIN)))
      .subtract(origin);
    L.DomUtil.setTransform(this.#canvas, corner, scale);
  }

  #draw(now: number): void {
    const context = this.#context;
    const map = this._map;
    if (!context || !map) return;
    const ratio = window.devicePixelRatio || 1;
    const width = this.#canvas.width / ratio;
    const height = this.#canvas.height / ratio;
    const topLeft = map.getPixelOrigin().add(this.#corner);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.globalAlpha = 1;
    this.paint({ context, width, height, zoom: this.#zoom, left: topLeft.x, top: topLeft.y, now });
  }
}
