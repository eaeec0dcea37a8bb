import { Sanitizer } from '@jupyterlab/apputils';
import { markdownRendererFactory, RenderMimeRegistry } from '@jupyterlab/rendermime';
import React from 'react';

import { useConsole } from '../context';
import { Hosted } from './hosted';

const MIME = 'text/markdown';
/** What somebody's text may consist of: nothing that asks, acts or is fetched from elsewhere. */
const TAGS = (
  'a abbr b blockquote br caption code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li ol p ' +
  'pre q s samp small span strong sub sup table tbody td tfoot th thead tr u ul var'
).split(' ');
const ATTRIBUTES = { a: ['href', 'title'], td: ['align'], th: ['align'] };

/** Text of a contributor, as Markdown through JupyterLab's renderer and sanitizer. */
export function Markdown(props: { source: string }): JSX.Element {
  const { rendermime } = useConsole();
  const { source } = props;
  const parser = rendermime?.markdownParser;
  if (!parser) {
    return <pre className="spx-Plain">{source}</pre>;
  }
  const create = (): ReturnType<RenderMimeRegistry['createRenderer']> => {
    const registry = new RenderMimeRegistry({
      initialFactories: [markdownRendererFactory],
      markdownParser: parser,
      sanitizer: new Strict()
    });
    const renderer = registry.createRenderer(MIME);
    void renderer.renderModel(registry.createModel({ data: { [MIME]: source } }));
    return renderer;
  };
  return <Hosted className="spx-Markdown" create={create} deps={[source, parser]} />;
}

class Strict extends Sanitizer {
  override sanitize(dirty: string): string {
    return super.sanitize(dirty, { allowedTags: TAGS, allowedAttributes: ATTRIBUTES });
  }
}
