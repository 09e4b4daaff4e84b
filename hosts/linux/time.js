/** Moddable's time. The clock and its zone belong to the system: setting them does nothing. */
export default class Time {
	static get ticks() @ "xs_time_ticks";
	static get microseconds() @ "xs_time_microseconds";
	static delta(start, end) @ "xs_time_delta";
	static get timezone() @ "xs_time_get_timezone";
	static set timezone(seconds) {}
	static get dst() @ "xs_time_get_dst";
	static set dst(seconds) {}
	static set(seconds) {}
}
