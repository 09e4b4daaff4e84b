/** What stands after "no answer" and the like where this node could not even ask: as ": this node cannot send: ...", or nothing. */
export function unsentText(fault: string | undefined): string {
	return fault === undefined ? "" : `: this node cannot send: ${fault}`;
}
