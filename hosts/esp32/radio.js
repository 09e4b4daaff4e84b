/** The Wi-Fi beyond what the SDK's offers: hosts/board/types/radio.d.ts. */
export function keepAwake() @ "xs_radio_keep_awake";
