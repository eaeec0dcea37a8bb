/** Where a slider runs, and what may be typed beside it. */
export interface IRange {
  low: number;
  high: number;
  /** Even steps multiply instead of adding. */
  logarithmic: boolean;
  /** The least and the largest allowed value; null: there is none. */
  least: number | null;
  largest: number | null;
  /** The ends do not belong to what is allowed. */
  exclusive: boolean;
  whole: boolean;
}

/** How many places a slider has. */
export const PLACES = 1000;
/** From this ratio of its ends on a slider multiplies. */
const DECADES = 1000;

/**
 * Where a slider for a quantity runs: between its declared ends where it has them, else around its
 * usual value.
 */
export function rangeOf(
  usual: number,
  declared: readonly (number | null)[] | null = null,
  exclusive = false,
  whole = false
): IRange {
  const [least, largest] = declared ?? [null, null];
  const span = Math.abs(usual) || 1;
  let low = least ?? usual - span;
  let high = largest ?? usual + (usual > 0 ? 2 : 1) * span;
  if (exclusive && !whole) {
    const edge = (high - low) / PLACES;
    low += low === least ? edge : 0;
    high -= high === largest ? edge : 0;
  }
  const logarithmic =
    least !== null && largest !== null && least > 0 && largest / least >= DECADES && !whole;
  return { low, high, logarithmic, least, largest, exclusive, whole };
}

/** The value at a slider's place, rounded to what can be read. */
export function valueAt(range: IRange, place: number): number {
  const { low, high, logarithmic, whole } = range;
  const share = place / PLACES;
  if (logarithmic) {
    return Number((low * (high / low) ** share).toPrecision(3));
  }
  const value = low + (high - low) * share;
  if (whole) {
    return Math.round(value);
  }
  const digits = Math.max(0, Math.ceil(-Math.log10((high - low) / PLACES)));
  return Number(value.toFixed(Math.min(12, digits)));
}

/** The slider's place for a value, as near as it goes. */
export function placeOf(range: IRange, value: number): number {
  const { low, high, logarithmic } = range;
  const share = logarithmic
    ? Math.log(Math.max(value, low) / low) / Math.log(high / low)
    : (value - low) / (high - low);
  return Math.round(PLACES * Math.min(1, Math.max(0, share)));
}

/** Whether a typed value is allowed. */
export function allows(range: IRange, value: number): boolean {
  const { least, largest, exclusive, whole } = range;
  return (
    Number.isFinite(value) &&
    (!whole || Number.isInteger(value)) &&
    (least === null || (exclusive ? value > least : value >= least)) &&
    (largest === null || (exclusive ? value < largest : value <= largest))
  );
}

/** A number as short as it can be read. */
export function shortest(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** An interval as it is written; null: without an end. */
export function interval(least: number | null, largest: number | null, exclusive: boolean): string {
  const from = least === null ? '(−∞' : `${exclusive ? '(' : '['}${shortest(least)}`;
  const to = largest === null ? '∞)' : `${shortest(largest)}${exclusive ? ')' : ']'}`;
  return `${from}, ${to}`;
}
