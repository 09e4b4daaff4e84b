/** Whether all is to be tried that takes long, as a machine does at night: `EMULATOR_NIGHT=1`. */
export const isWholeNight = process.env.EMULATOR_NIGHT === "1";
