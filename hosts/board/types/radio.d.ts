/**
 * Before each try to join: ends the Wi-Fi chip's power saving, which would delay what is sent to this board by up to 100 ms
 * and more, and forgets the network before: the board's address in it, and where the others were.
 */
export function prepare(): void;
