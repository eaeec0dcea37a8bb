export { exportModel } from './exporting';
export { confirmDiscard, save, saveAs } from './saving';
export { LabSessions } from './session';
export { LabTab } from './tab';
