/** Whether samples of this shape come as pictures. */
export function isPicture(shape: readonly number[]): boolean {
  return shape.length === 3 && (shape[0] === 1 || shape[0] === 3);
}
