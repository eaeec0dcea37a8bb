import { actionsPlugin } from './plugins/actions';
import { addressPlugin } from './plugins/address';
import { codePlugin } from './plugins/code';
import { consolePlugin } from './plugins/console';
import { controlPlugin } from './plugins/control';
import { feedPlugin } from './plugins/feed';
import { filesPlugin } from './plugins/files';
import { labPlugin } from './plugins/lab';
import { labFilePlugin } from './plugins/lab-file';
import { modelsPlugin } from './plugins/models';
import { notificationsPlugin } from './plugins/notifications';
import { sidebarPlugin } from './plugins/sidebar';
import { statusPlugin } from './plugins/status';
import { tutorialsPlugin } from './plugins/tutorials';

export * from './tokens';

export default [
  feedPlugin,
  actionsPlugin,
  addressPlugin,
  codePlugin,
  controlPlugin,
  consolePlugin,
  modelsPlugin,
  labPlugin,
  labFilePlugin,
  filesPlugin,
  sidebarPlugin,
  statusPlugin,
  notificationsPlugin,
  tutorialsPlugin
];
