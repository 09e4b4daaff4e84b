/** What a host's terminal tells of: see hosts/types/terminal.d.ts. */
export interface HostTerminalEvents {
	onReadable(): void;
	onEnd(): void;
	onText(text: string): void;
	onChange(): void;
}

/** A host's terminal, as hosts/types/terminal.d.ts says. */
export interface HostTerminal {
	read(): ArrayBuffer | undefined;
	write(text: string): void;
	take?(line: string): boolean;
	readonly readsKeys: boolean;
	readonly isProgram: boolean;
	readonly columns: number;
	echo: boolean;
	readonly waiting?: number;
}
