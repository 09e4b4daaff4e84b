/** Standard input and output. */
export default class Terminal @ "xs_terminal_delete" {
	constructor(events) @ "xs_terminal";
	read() @ "xs_terminal_read";
	write(text) @ "xs_terminal_write";
	take(line) @ "xs_terminal_take";
	get readsKeys() @ "xs_terminal_get_keys";
	get isProgram() { return true; }
	get columns() @ "xs_terminal_get_columns";
	get echo() @ "xs_terminal_get_echo";
	set echo(shown) @ "xs_terminal_set_echo";
	close() @ "xs_terminal_close";
}

export function exit(code, reason) @ "xs_terminal_exit";
