import { codePlugin } from './plugins/code';
import { consolePlugin } from './plugins/console';
import { controlPlugin } from './plugins/control';
import { feedPlugin } from './plugins/feed';
import { sidebarPlugin } from './plugins/sidebar';
import { tutorialsPlugin } from './plugins/tutorials';

export * from './tokens';

export default [
  feedPlugin,
  codePlugin,
  controlPlugin,
  consolePlugin,
  sidebarPlugin,
  tutorialsPlugin
];
