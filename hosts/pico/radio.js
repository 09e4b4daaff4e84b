/** The Wi-Fi chip beyond what the SDK's Wi-Fi offers: hosts/board/types/radio.d.ts. */
export function prepare() @ "xs_radio_prepare";
