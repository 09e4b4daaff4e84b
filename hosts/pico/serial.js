/** The USB serial line: hosts/board/types/serial.d.ts. */
export default class Serial @ "xs_serial_delete" {
	constructor(options) @ "xs_serial";
	read() @ "xs_serial_read";
	write(bytes) @ "xs_serial_write";
	get isOpen() @ "xs_serial_is_open";
	close() @ "xs_serial_close";
}

export function restart() @ "xs_serial_restart";
