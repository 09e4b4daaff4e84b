import type { Chain } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { StoreError } from "../store/store.js";
import type { HomeSecret } from "./home-secret.js";
import type { Identity } from "./identity.js";
import type { Done } from "./stewardship.js";
import type { Suite } from "./suite.js";

export interface PasswordChangeOptions {
	readonly suite: Suite;
	readonly identity: Identity;
	readonly chain: Chain;
	readonly clock: Clock;
	readonly homeSecret: HomeSecret;
	/** Makes a checkpoint that says the number of the new password. */
	readonly checkpoint: (done: Done, passwordVersion: number) => void;
	/** The home has a new password: the others are to have it. */
	readonly onChanged: () => void;
}

/** Why this node cannot give its home a new password, or undefined. */
export function passwordChangeFault({
	suite,
	identity,
	chain
}: Pick<PasswordChangeOptions, "suite" | "identity" | "chain">): string | undefined {
	if (suite.renew === undefined) return "a home of this suite keeps its password";
	if (chain.members.get(identity.id)?.isOwner === true) return undefined;
	return "only an owner can give the home a new password";
}

/** Gives the home a new password and PIN: `done` once, with why not where it cannot be. */
export function changePassword(
	options: PasswordChangeOptions,
	profile: { readonly password: string; readonly pin: string },
	done: Done
): void {
	const { suite, identity, chain, clock, homeSecret, checkpoint, onChanged } = options;
	const refusal = passwordChangeFault(options);
	if (suite.renew === undefined || refusal !== undefined) {
		done(refusal);
		return;
	}
	const { home, rounds } = identity;
	const version = chain.members.nextPasswordVersion;
	const era = () => chain.era;
	suite.renew({ clock, profile, home, rounds, version, era, signer: identity }, renewed => {
		// First the checkpoint: from then on the old password opens the home to nobody.
		checkpoint(fault => {
			if (fault !== undefined) {
				done(fault);
				return;
			}
			try {
				homeSecret.replace(renewed);
			} catch (error) {
				if (!(error instanceof StoreError)) throw error;
				done(
					`the old password is void, but the new one could not be kept: ${error.message}; give another one`
				);
				return;
			}
			onChanged();
			done(undefined);
		}, version);
	});
}
