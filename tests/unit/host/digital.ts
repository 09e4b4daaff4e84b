import Digital from "embedded:io/digital";
import { equal, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { standIn } from "./stand-in.js";

export default [
	suite("host: Digital", {
		"has the constants of ECMA-419"() {
			equal(
				[Digital.Input, Digital.InputPullUp, Digital.InputPullDown, Digital.InputPullUpDown],
				[0, 1, 2, 3]
			);
			equal([Digital.Output, Digital.OutputOpenDrain, Digital.Rising, Digital.Falling], [8, 9, 1, 2]);
		},
		"an output is low at first and reads what was written"() {
			const line = new Digital({ pin: 60, mode: Digital.Output });
			equal(line.read(), 0);
			line.write(1);
			equal(line.read(), 1);
			line.write(1);
			line.write(0);
			equal(line.read(), 0);
			line.close();
		},
		"an input with a pull-up is high, any other low"() {
			for (const [mode, level] of [
				[Digital.Input, 0],
				[Digital.InputPullDown, 0],
				[Digital.InputPullUp, 1]
			] as const) {
				const line = new Digital({ pin: level === 1 ? 61 : 62, mode });
				equal(line.read(), level);
				line.close();
			}
		},
		"an input is not written"() {
			const line = new Digital({ pin: 62, mode: Digital.Input, edge: Digital.Rising, onReadable() {} });
			throws(() => line.write(1), Error, "input");
			line.close();
		},
		"a line has one user until that one closes it, and a closed one does nothing more"() {
			if (standIn) return;
			const line = new Digital({ pin: 63, mode: Digital.Output });
			throws(() => new Digital({ pin: 63, mode: Digital.Input }), Error, "in use");
			line.close();
			line.close();
			throws(() => line.read(), Error, "closed");
			throws(() => line.write(1), Error, "closed");
			new Digital({ pin: 63, mode: Digital.Input }).close();
		},
		"lines and modes that there are not are refused, and so is a watcher without an edge"() {
			if (standIn) return;
			for (const pin of [-1, 64, 1.5, Number.NaN]) {
				throws(() => new Digital({ pin, mode: Digital.Input }), RangeError, "pin");
			}
			throws(() => new Digital({ pin: 1, mode: 4 }), RangeError, "mode");
			throws(
				() => new Digital({ pin: 1, mode: Digital.Input, edge: 0, onReadable() {} }),
				RangeError,
				"edge"
			);
		}
	})
];
