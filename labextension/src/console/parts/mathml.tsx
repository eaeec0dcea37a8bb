import React from 'react';

const NAMESPACE = 'http://www.w3.org/1998/Math/MathML';
/** What equations consist of. Everything else is left out: text of others never becomes markup. */
const TAGS = new Set(
  (
    'math mfrac mi mn mo mover mpadded mroot mrow mspace msqrt mstyle msub msubsup msup mtable ' +
    'mtd mtext mtr munder munderover'
  ).split(' ')
);
const ATTRIBUTES = new Set(
  (
    'aria-label columnalign display displaystyle fence lspace mathvariant rspace scriptlevel ' +
    'separator stretchy style width'
  ).split(' ')
);

/** Presentation MathML as the browser sets it. */
export function MathML(props: { source: string; inline?: boolean }): JSX.Element {
  const { source, inline } = props;
  const place = React.useRef<HTMLElement>(null);
  React.useLayoutEffect(() => {
    place.current?.replaceChildren(...typeset(source));
  }, [source]);
  return React.createElement(inline ? 'span' : 'div', {
    ref: place,
    className: inline ? 'spx-Symbol' : 'spx-Equations'
  });
}

function typeset(source: string): Node[] {
  const parsed = new DOMParser().parseFromString(source, 'text/html');
  return copies(parsed.body);
}

function copies(from: Node): Node[] {
  const made: Node[] = [];
  for (const child of Array.from(from.childNodes)) {
    if (child.nodeType === Node.TEXT_NODE) {
      made.push(document.createTextNode(child.textContent ?? ''));
    } else if (child instanceof Element && TAGS.has(child.localName)) {
      const copy = document.createElementNS(NAMESPACE, child.localName);
      for (const { name, value } of Array.from(child.attributes)) {
        if (ATTRIBUTES.has(name)) {
          copy.setAttribute(name, value);
        }
      }
      copy.append(...copies(child));
      made.push(copy);
    }
  }
  return made;
}
