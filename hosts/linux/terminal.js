/** Standard input and output. */
export default class Terminal @ "xs_terminal_delete" {
	constructor(options) @ "xs_terminal";
	write(text) @ "xs_terminal_write";
	get echo() @ "xs_terminal_get_echo";
	set echo(shown) @ "xs_terminal_set_echo";
	close() @ "xs_terminal_close";
}

export function exit(code, reason) @ "xs_terminal_exit";
