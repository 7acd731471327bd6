/** The choice of repairs: what is picked of what is offered. Pure. */
import type { Repair } from "../../bindings/Repair";
import type { RepairChoices } from "../../bindings/RepairChoices";
import type { RepairPlan } from "../../bindings/RepairPlan";

/** The option picked of each repair, by the repair's id; nothing for none. */
export type Picked = Readonly<Record<string, string | null>>;

/** At first, all that loses nothing. */
export const firstPicks = (plan: RepairPlan): Picked => Object.fromEntries(plan.repairs.map((r) => [r.id, r.picked]));

export const NO_CHOICES: RepairChoices = {
  name: "", all_safe: true, picks: [], fix: [], srs: null, drop_z: false, drop_m: false, precision: null, renames: [], drop_fields: [],
};

export function choicesOf(plan: RepairPlan, picked: Picked, srs: string | null): RepairChoices {
  const picks = plan.repairs.flatMap((r) => {
    const option = picked[r.id];
    return option ? [{ repair: r.id, option }] : [];
  });
  return { ...NO_CHOICES, all_safe: false, picks, srs };
}

/** Names and formats are put right on the delivered copy without being asked for. */
const BY_ITSELF = new Set(["rename", "convert"]);

/** The repairs that a person has a say in. */
export const offered = (plan: RepairPlan): Repair[] => plan.repairs.filter((r) => r.options.some((o) => !BY_ITSELF.has(o.change.type)));

export const pickedOf = (plan: RepairPlan, picked: Picked): number => offered(plan).filter((r) => picked[r.id]).length;
