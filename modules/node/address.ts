/** Where a node listens. */
export interface Address {
	/** IPv4 in dotted form. */
	readonly host: string;
	readonly port: number;
}

/** CoAP's own port (RFC 7252 6.1). */
export const defaultPort = 5683;

export function addressText(address: Address): string {
	return `${address.host}:${address.port}`;
}

/** Reads "192.168.1.20:5683", or "192.168.1.20" for CoAP's port; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
	const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?::(\d{1,5}))?$/.exec(text);
	if (match === null) return undefined;
	const parts = match.slice(1, 5).map(Number);
	const port = match[5] === undefined ? defaultPort : Number(match[5]);
	if (parts.some(part => part > 255) || port < 1 || port > 65_535) return undefined;
	return { host: parts.join("."), port };
}

/** Whether one node can be there: what is sent to another address others would hear, or nobody. */
export function isPlace({ host, port }: Address): boolean {
	const first = Number(host.split(".")[0]);
	return first > 0 && first < 224 && port > 0;
}
