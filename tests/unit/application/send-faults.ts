import { SendFaults } from "../../../modules/application/send-faults.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const [lamp, door, everyone] = ["10.0.0.1", "10.0.0.2", "255.255.255.255"];
const why = "Network is unreachable";

export default suite("what cannot be sent", {
	"where nothing gets out that is said, and where some does, to whom it does not": () => {
		const clock = new VirtualClock();
		const faults = new SendFaults(clock);
		faults.sent(lamp);
		equal([faults.text, faults.last, faults.of(lamp)], [undefined, undefined, undefined]);
		clock.advance(1_000);
		faults.refused(lamp, why);
		faults.refused(everyone, why);
		equal([faults.text, faults.isCut], [`cannot send: ${why}`, true]);
		equal([faults.of(lamp), faults.of(door), faults.of()], [why, undefined, why]);
		clock.advance(1_000);
		faults.sent(door);
		equal([faults.text, faults.isCut], [`cannot send to ${lamp}, everyone: ${why}`, false]);
		faults.sent(lamp);
		equal([faults.text, faults.of(lamp)], [`cannot send to everyone: ${why}`, undefined]);
		faults.sent(everyone);
		equal(faults.text, undefined);
	},
	"what is long past is said no more, and no more is kept than eight": () => {
		const clock = new VirtualClock();
		const faults = new SendFaults(clock);
		for (let host = 1; host < 100; host += 1) faults.refused(`10.0.0.${host}`, `why ${host}`);
		equal([faults.of("10.0.0.91"), faults.of("10.0.0.92"), faults.last], [undefined, "why 92", "why 99"]);
		clock.advance(299_000);
		faults.refused("10.0.0.99", "another");
		clock.advance(2_000);
		equal([faults.of("10.0.0.98"), faults.of("10.0.0.99")], [undefined, "another"]);
	}
});
