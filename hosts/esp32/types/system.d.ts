/** Restarts the board at once. */
export function restart(): void;
/** Whether this is a debug build, in which the SDK's debugger owns the serial line. */
export function isDebugged(): boolean;
