/** Moddable's timers. The callback receives the timer itself. */
export default class Timer {
	static set(callback, interval, repeat) @ "xs_timer_set";
	static repeat(callback, interval) @ "xs_timer_repeat";
	static schedule(timer, interval, repeat) @ "xs_timer_schedule";
	static clear(timer) @ "xs_timer_clear";
	static delay(milliseconds) @ "xs_timer_delay";
}
