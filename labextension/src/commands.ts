/** The commands of this extension; arguments are described where each is added. */
export namespace CommandIDs {
  export const showSidebar = 'spikex:show-sidebar';
  export const openConsole = 'spikex:open-console';
  export const openSettings = 'spikex:open-settings';
  export const newModel = 'spikex:new-model';
  export const importModel = 'spikex:import-model';
  export const openLab = 'spikex:open-lab';
  export const saveLab = 'spikex:save';
  export const saveLabAs = 'spikex:save-as';
  export const exportLab = 'spikex:export';
  export const copyLabLink = 'spikex:copy-link';
  export const reopenLab = 'spikex:reopen';
  export const closeLab = 'spikex:close';
  export const showPanel = 'spikex:show-panel';
  export const refresh = 'spikex:refresh';
  export const openQuickstart = 'spikex:open-quickstart';
  export const openNeurons = 'spikex:open-neurons';
  export const insertModelCode = 'spikex:insert-model-code';
  export const insertRunCode = 'spikex:insert-run-code';
  export const insertPanel = 'spikex:insert-panel';
  export const controlRun = 'spikex:control-run';
  export const deleteRun = 'spikex:delete-run';
  export const exportRun = 'spikex:export-run';
  export const renameModel = 'spikex:rename-model';
  export const duplicateModel = 'spikex:duplicate-model';
  export const exportModel = 'spikex:export-model';
  export const deleteModel = 'spikex:delete-model';
}

/** The category of the palette and the section of the launcher. */
export const CATEGORY = 'SPIKE-X';
