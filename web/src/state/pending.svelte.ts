// What was pointed at on the picture and waits in the request: titles, logos, one crop. Nothing of it is applied before
// the request is sent. Places and areas are shares of the picture as it was seen.
import type { Command, FileItem } from "../api/views";
import { freshId } from "./fresh";
import { t } from "./language.svelte";

export interface Point {
  x: number;
  y: number;
}
export interface Area extends Point {
  w: number;
  h: number;
}
interface Shape {
  w: number;
  h: number;
}
interface Waiting {
  key: string;
  draft: string;
}
export type Title = Waiting & { kind: "title"; at: Point; text: string };
export type Logo = Waiting & { kind: "logo"; at: Point; file: string };
export type Crop = Waiting & { kind: "crop"; area: Area };
export type Item = Title | Logo | Crop;

// As the service draws them: a title keeps this share of the shorter side free; a logo takes this share of the width.
const MARGIN = 0.05;
export const LOGO_WIDTH = 0.15;

class Pending {
  list = $state<Item[]>([]);

  of(draft: string): Item[] {
    return this.list.filter((item) => item.draft === draft);
  }

  title(draft: string, at: Point): Title {
    this.list.push({ key: freshId(), draft, kind: "title", at, text: "" });
    return this.list.at(-1) as Title;
  }

  logo(draft: string, at: Point): void {
    this.list.push({ key: freshId(), draft, kind: "logo", at, file: "" });
  }

  /** There is one crop at most: what stays of the picture. */
  crop(draft: string, area: Area): void {
    this.list = this.list.filter((item) => item.draft !== draft || item.kind !== "crop");
    this.list.push({ key: freshId(), draft, kind: "crop", area });
  }

  move(item: Item, by: Point): void {
    if (item.kind === "crop") {
      item.area.x = clamped(item.area.x + by.x, 1 - item.area.w);
      item.area.y = clamped(item.area.y + by.y, 1 - item.area.h);
    } else item.at = { x: clamped(item.at.x + by.x), y: clamped(item.at.y + by.y) };
  }

  remove(...items: Item[]): void {
    const keys = new Set(items.map((item) => item.key));
    this.list = this.list.filter((item) => !keys.has(item.key));
  }
}

export const pending = new Pending();

/** The picture that a logo shows: the one that was chosen, else the newest. */
export function pictureOf(logo: Logo, files: FileItem[]): FileItem | undefined {
  const pictures = files.filter((file) => file.file_type === "image");
  return pictures.find((file) => file.id === logo.file) ?? pictures.at(-1);
}

export function isReady(item: Item, files: FileItem[]): boolean {
  if (item.kind === "title") return item.text.trim() !== "";
  return item.kind === "crop" || pictureOf(item, files) !== undefined;
}

/** How high a logo is, as a share of a picture of this shape. */
export function logoHeight(file: FileItem | undefined, shape: Shape): number {
  const ratio = file?.width && file.height ? file.height / file.width : 1;
  return Math.min(1, (LOGO_WIDTH * shape.w * ratio) / shape.h);
}

/** Where the service has to be told that a title stands, so that it stands at this place. */
export function titlePosition(at: Point, shape: Shape): Point {
  const margin = MARGIN * Math.min(shape.w, shape.h);
  return { x: inner(at.x, margin / shape.w), y: inner(at.y, margin / shape.h) };
}

/** Where a title at this position is drawn: its point, and which edge or middle of it stands there (0, ½, 1). */
export function titleSpot(position: Point, shape: Shape): Point & { across: number; down: number } {
  const margin = MARGIN * Math.min(shape.w, shape.h);
  const outer = (share: number, edge: number) => edge + share * (1 - 2 * edge);
  const third = (share: number) => Math.min(2, Math.floor(share * 3)) / 2;
  return {
    x: outer(position.x, margin / shape.w),
    y: outer(position.y, margin / shape.h),
    across: third(position.x),
    down: third(position.y),
  };
}

/** A position for something so wide and high whose middle shall be at `at`: shares of the room that it leaves. */
export function logoPosition(at: Point, width: number, height: number): Point {
  return { x: inner(at.x, width / 2), y: inner(at.y, height / 2) };
}

/** What is waiting as edit commands. What goes is cut away first, so the rest is placed on what stays. */
export function commandsOf(items: Item[], files: FileItem[], shape: Shape): Command[] {
  const area = items.find((item) => item.kind === "crop")?.area ?? { x: 0, y: 0, w: 1, h: 1 };
  const kept = { w: shape.w * area.w, h: shape.h * area.h };
  const within = (at: Point) => ({ x: clamped((at.x - area.x) / area.w), y: clamped((at.y - area.y) / area.h) });
  const cropped = items.filter((item) => item.kind === "crop").map(cropCommand);
  const laid = items.flatMap((item): Command[] => {
    if (item.kind === "title") {
      const position = rounded(titlePosition(within(item.at), kept));
      return [{ op: "add_text", params: { text: item.text.trim(), position } }];
    }
    const picture = item.kind === "logo" ? pictureOf(item, files) : undefined;
    if (item.kind === "crop" || !picture) return [];
    const position = rounded(logoPosition(within(item.at), LOGO_WIDTH, logoHeight(picture, kept)));
    return [{ op: "add_image", params: { file: picture.id, role: "watermark", scale: LOGO_WIDTH, position } }];
  });
  return [...cropped, ...laid];
}

export function wordsOf(item: Item, files: FileItem[]): string {
  if (item.kind === "title") return t("pending_title", { text: item.text.trim() });
  if (item.kind === "logo") return t("pending_logo", { name: pictureOf(item, files)?.filename ?? "" });
  return t("pending_crop");
}

function cropCommand({ area }: Crop): Command {
  const percent = (share: number) => Math.min(99, Math.max(0, Math.round(share * 1000) / 10));
  const sides = { left: area.x, right: 1 - area.x - area.w, top: area.y, bottom: 1 - area.y - area.h };
  return {
    op: "crop",
    params: Object.fromEntries(Object.entries(sides).map(([side, share]) => [`${side}_pct`, percent(share)])),
  };
}

const clamped = (share: number, most = 1) => Math.min(most, Math.max(0, share));
const inner = (share: number, edge: number) => (edge >= 0.5 ? 0.5 : clamped((share - edge) / (1 - 2 * edge)));
const rounded = ({ x, y }: Point) => ({ x: Math.round(x * 1000) / 1000, y: Math.round(y * 1000) / 1000 });
