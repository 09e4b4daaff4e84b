/** Moddable's Time: ticks are milliseconds in 32 bits with a sign, as on the boards. */
export default {
	timezone: 0,
	dst: 0,
	get ticks() {
		return Math.floor(performance.now()) | 0;
	},
	get microseconds() {
		return Math.floor(performance.now() * 1000);
	},
	delta(start, end = this.ticks) {
		return (end - start) | 0;
	},
	set() {}
};
