/** The Wi-Fi beyond what the SDK's offers: hosts/board/types/radio.d.ts. */
export function prepare() @ "xs_radio_prepare";
