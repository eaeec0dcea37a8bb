export { LabSessions } from './session';
export { LabTab } from './tab';
