import { codePlugin } from './plugins/code';
import { controlPlugin } from './plugins/control';
import { feedPlugin } from './plugins/feed';
import { quickstartPlugin } from './plugins/quickstart';
import { sidebarPlugin } from './plugins/sidebar';

export * from './tokens';

export default [feedPlugin, codePlugin, controlPlugin, quickstartPlugin, sidebarPlugin];
