import type { Limits } from "../../../modules/chain/chain.js";
import { permissionText } from "../../../modules/node/node.js";
import { equal } from "../../harness/assert.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";

const none: Limits = { times: null, notBefore: null, notAfter: null, weekdays: null, minutes: null };

function textOf(limits: Limits | null): string {
	const { members } = new Story().withMembers("door");
	const { id } = members.all.find(({ name }) => name === "door") ?? { id: new Uint8Array(16) };
	return permissionText({ id, action: 5, node: null, device: null, limits }, members);
}

export default suite("node: permissions as people read them", {
	"a grant is told with all that limits it": () => {
		equal(textOf(null), "door unlock all");
		equal(textOf({ ...none, times: 3 }), "door unlock all times 3");
		const notAfter = Date.UTC(2026, 11, 1, 18) / 1000;
		equal(textOf({ ...none, notAfter }), "door unlock all until 2026-12-01 18:00");
		const limits = { times: 2, notBefore: notAfter - 3600, notAfter, weekdays: 31 } as const;
		equal(
			textOf({ ...limits, minutes: [480, 1440] }),
			"door unlock all times 2 from 2026-12-01 17:00 until 2026-12-01 18:00 mon-fri from 08:00 to 24:00"
		);
	},
	"weekdays are told in rows": () => {
		const days = (weekdays: number) => textOf({ ...none, weekdays }).slice("door unlock all ".length);
		equal(days(0b1000101), "mon,wed,sun");
		equal(days(0b1100011), "mon,tue,sat,sun");
		equal(days(0b1111111), "mon-sun");
		equal(days(0b1011100), "wed-fri,sun");
	}
});
