import { HTMLSelect } from '@jupyterlab/ui-components';
import React from 'react';

import type { IDefinition } from '../../../types';
import { useConsole } from '../../context';
import { InputControls } from './input';
import type { Choice } from './module';
import { rangeOf } from './range';
import { unitOf } from './rows';
import type { ISettings } from './settings';
import { Slider } from './slider';
import type { IStimulus } from './stimulus';

/** The component's own quantities: inputs, parameters, and what chooses its equations. */
export function Controls(props: {
  definition: IDefinition;
  settings: ISettings;
  /** The settings at first: sliders run around them. */
  usual: ISettings;
  /** `others`: all but the first input, which is the axis. */
  withInputs: 'all' | 'others';
  onChange: (update: (last: ISettings) => ISettings) => void;
}): JSX.Element {
  const { trans } = useConsole();
  const { definition, settings, usual, withInputs, onChange } = props;
  const setInput = React.useCallback((name: string, change: Partial<IStimulus>) => {
    onChange(last => ({
      ...last,
      inputs: { ...last.inputs, [name]: { ...last.inputs[name], ...change } }
    }));
  }, []);
  const setValue = React.useCallback((name: string, value: number) => {
    onChange(last => ({ ...last, values: { ...last.values, [name]: value } }));
  }, []);
  const setChoice = (name: string, value: Choice): void =>
    onChange(last => ({ ...last, choices: { ...last.choices, [name]: value } }));
  const ranges = React.useMemo(
    () =>
      Object.fromEntries(
        Object.entries(usual.values).map(([name, value]) => {
          const parameter = definition.parameters?.[name];
          const whole = parameter?.type === 'integer';
          return [name, rangeOf(value, parameter?.range, parameter?.exclusive, whole)];
        })
      ),
    [usual]
  );
  const inputs = Object.keys(settings.inputs).slice(withInputs === 'all' ? 0 : 1);
  const choices = Object.entries(settings.choices);
  const values = Object.entries(settings.values);
  return (
    <>
      {inputs.map(name => (
        <InputControls
          key={name}
          name={name}
          doc={definition.inputs?.[name]?.doc ?? ''}
          unit={unitOf(definition.inputs?.[name]?.unit)}
          stimulus={settings.inputs[name]}
          usualLevel={usual.inputs[name].level}
          duration={settings.duration}
          onChange={setInput}
        />
      ))}
      {choices.length + values.length > 0 && (
        <fieldset className="spx-Controls">
          <legend>{trans.__('Parameters')}</legend>
          {choices.map(([name, value]) => (
            <label key={name} className="spx-Choice" title={definition.parameters?.[name]?.doc}>
              <span>{name}</span>
              {typeof value === 'boolean' ? (
                <input
                  type="checkbox"
                  checked={value}
                  onChange={event => setChoice(name, event.target.checked)}
                />
              ) : (
                <HTMLSelect value={value} onChange={event => setChoice(name, event.target.value)}>
                  {(definition.parameters?.[name]?.choices ?? []).map(choice => (
                    <option key={choice}>{choice}</option>
                  ))}
                </HTMLSelect>
              )}
            </label>
          ))}
          {values.map(([name, value]) => (
            <Slider
              key={name}
              id={name}
              label={name}
              doc={definition.parameters?.[name]?.doc}
              unit={unitOf(definition.parameters?.[name]?.unit)}
              value={value}
              range={ranges[name]}
              onChange={setValue}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}
