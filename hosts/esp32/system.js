/** The board itself: hosts/esp32/types/system.d.ts. */
export function restart() @ "xs_system_restart";
export function isDebugged() @ "xs_system_is_debugged";
