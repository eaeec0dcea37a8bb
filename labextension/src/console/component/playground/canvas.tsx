import React from 'react';

import { draw } from './draw';
import type { IPicture } from './rows';

/**
 * Shows a picture, made and drawn before the next frame; however often it changes, once a frame.
 */
export function PictureCanvas(props: {
  /** Makes the picture; another function makes another picture. */
  picture: () => IPicture;
  /** What is to be seen, in words. */
  label: string;
  /** In pixels. */
  height: number;
}): JSX.Element {
  const { picture, label, height } = props;
  const canvas = React.useRef<HTMLCanvasElement>(null);
  const frame = React.useRef(0);
  const newest = React.useRef(picture);
  newest.current = picture;
  const redraw = React.useCallback(() => {
    frame.current ||= requestAnimationFrame(() => {
      frame.current = 0;
      if (canvas.current) {
        draw(canvas.current, newest.current());
      }
    });
  }, []);
  React.useLayoutEffect(redraw, [picture, height]);
  React.useEffect(() => {
    const sizes = new ResizeObserver(redraw);
    sizes.observe(canvas.current!);
    const theme = new MutationObserver(redraw);
    theme.observe(document.body, { attributeFilter: ['data-jp-theme-name'] });
    return () => {
      sizes.disconnect();
      theme.disconnect();
      cancelAnimationFrame(frame.current);
    };
  }, []);
  return (
    <canvas ref={canvas} className="spx-Trace" role="img" aria-label={label} style={{ height }} />
  );
}
