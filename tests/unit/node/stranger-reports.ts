import { StrangerReports } from "../../../modules/node/node.js";
import { equal } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

function reports() {
	const clock = new VirtualClock();
	const told: string[] = [];
	const members = new Set<number>();
	const isKnown = ({ port }: { port: number }) => members.has(port);
	const strangers = new StrangerReports({ clock, isKnown, report: text => told.push(text) });
	const saw = (port: number) => strangers.saw({ host: "10.0.0.1", port }, `${port} refused`);
	return { clock, told, members, saw };
}

export default suite("node: reports of strangers", {
	"who turns out to be a member within ten seconds is no stranger": () => {
		const { clock, told, members, saw } = reports();
		saw(1);
		clock.advance(5_000);
		members.add(1);
		clock.advance(60_000);
		equal(told, []);
	},
	"who does not is told of, once for all its tries": () => {
		const { clock, told, saw } = reports();
		saw(1);
		saw(1);
		clock.advance(9_999);
		equal(told, []);
		clock.advance(1);
		equal(told, ["1 refused"]);
		saw(1);
		clock.advance(10_000);
		equal(told, ["1 refused", "1 refused"]);
	},
	"many at once are one line, and do not pile up": () => {
		const { clock, told, saw } = reports();
		for (let port = 1; port <= 1_000; port += 1) saw(port);
		clock.advance(60_000);
		equal(told, ["1 refused"]);
		saw(5);
		clock.advance(10_000);
		equal(told, ["1 refused", "5 refused (and 3 more like it)"]);
	}
});
