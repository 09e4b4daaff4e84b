/** The Wi-Fi chip beyond what the SDK's Wi-Fi offers: hosts/board/types/radio.d.ts. */
export function keepAwake() @ "xs_radio_keep_awake";
