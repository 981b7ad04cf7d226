/** Shift three times: counts presses of Shift alone, either key, within five seconds of one another. */

const PATIENCE = 5000;

export interface Key {
  type: string;
  shift: boolean;
  repeat: boolean;
}

/** Count keys; tell *pressed* how often Shift has been pressed in a row, 0 when it lapses. */
export function shiftCounter(pressed: (times: number) => void): (key: Key) => void {
  let times = 0;
  let alone = false;
  let timer: ReturnType<typeof setTimeout>;
  const lapse = () => {
    if (times) pressed((times = 0));
  };
  return ({ type, shift, repeat }) => {
    if (type == "keydown") {
      alone = shift && (alone || !repeat);
      if (!alone) lapse();
    } else if (shift && alone) {
      alone = false;
      clearTimeout(timer);
      timer = setTimeout(lapse, PATIENCE);
      pressed(++times);
    }
  };
}
