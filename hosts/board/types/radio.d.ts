/** Ends the Wi-Fi chip's power saving, which would delay what is sent to this board by up to 100 ms and more. */
export function keepAwake(): void;
