/** What we use of ECMA-419's Wi-Fi (`embedded:network/interface/wifi`), as the SDK has it on both boards. */
export default class WiFi {
	/** `onChanged` is called from the loop when `connection` or `address` has changed. */
	constructor(options: { onChanged: (property: string) => void });
	/** Throws while it is connecting already. */
	connect(options: { SSID: string; password?: string }): void;
	disconnect(): void;
	close(): void;
	/** 200: not connected, 300: connecting, 400: joined, 500: has an address. */
	readonly connection: number;
	readonly address: string | undefined;
}
