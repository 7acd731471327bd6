/** Live images updated from their datasheet: chosen, shown, then kept or taken back. */
import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { UpdatableShown } from "../bindings/UpdatableShown";
import * as data from "../test/data";
import { never, refuse, type Answers } from "../test/fake";
import { press, showApp } from "../test/show";

const NAME = "Cantons du Jura";

/** A datasheet of images; `now` is what the engine finds of its updates. */
const live = (now: () => UpdatableShown, more: Answers = {}): Answers => ({
  sheet: () => data.imageSheet,
  share: () => data.shared(data.imageServices),
  probe: () => data.shared(data.imageServices),
  inspect: () => ({ sources: [data.setSource()] }),
  updatable: now,
  ...more,
});
const state = () => screen.getByTestId("update").dataset["state"];

describe("a datasheet of images", () => {
  it("is updated with what was chosen, in a way that was chosen, and shows how that goes", async () => {
    let now = data.updatable();
    const { host, user } = showApp(
      live(() => now, {
        update: ({ act }) => {
          now = data.updatable({ delivery: data.acting(act as Parameters<typeof data.acting>[0], "running") });
          return { id: "d1" };
        },
        watch: (_, tell) => {
          tell({ type: "delivery", delivery: now.delivery });
          return new Promise(() => undefined);
        },
      }),
    );
    await press(user, "open-sheet", "update-begin");
    const start = (): HTMLButtonElement => screen.getByTestId("update-start");
    expect(start().disabled).toBe(true);
    await press(user, "update-folder");
    await waitFor(() => expect(screen.getByTestId("update-images").textContent).toContain("96 images"));
    expect(start().disabled).toBe(true);
    await user.click(within(screen.getByTestId("way-successive")).getByRole("radio"));
    await press(user, "update-start");
    await waitFor(() => expect(host.asked("update")).toEqual([{ datasheet: NAME, act: { act: "show", how: "successive" }, paths: ["/home/camille/données"] }]));
    await screen.findByText("La mise à jour avance seule");
    expect(state()).toBe("running");
    await press(user, "pause");
    expect(host.asked("pause")).toEqual([{ id: "d1" }]);
  });

  it("says of each way what it makes impossible, what it costs, and what to know here", async () => {
    const { user } = showApp(live(() => data.updatable()));
    await press(user, "open-sheet", "update-begin");
    for (const { how, lost, cost, note } of data.updatable().ways) {
      const said = (await screen.findByTestId(`way-${how}`)).textContent;
      for (const words of [lost[0], cost[0], note?.[0] ?? ""]) expect(said).toContain(words);
    }
  });

  it("takes images that are dropped while it asks for some; else a drop begins a journey", async () => {
    const { host, user } = showApp(live(() => data.updatable()));
    await press(user, "open-sheet", "update-begin");
    host.say("dropped", { paths: ["/a/dalles"] });
    await waitFor(() => expect(host.asked("inspect").at(-1)).toMatchObject({ paths: ["/a/dalles"] }));
    expect(screen.queryByTestId("journey")).toBeNull();
    await user.click(within(screen.getByTestId("update-form")).getByText("Annuler"));
    host.say("dropped", { paths: ["/a/dalles"] });
    await screen.findByTestId("journey");
  });

  it("is not updated with what is no image", async () => {
    const { user } = showApp(live(() => data.updatable(), { inspect: () => ({ sources: [data.source] }) }));
    await press(user, "open-sheet", "update-begin", "update-files");
    await screen.findByTestId("update-none");
    await user.click(within(screen.getByTestId("way-merge")).getByRole("radio"));
    expect((screen.getByTestId("update-start") as HTMLButtonElement).disabled).toBe(true);
  });

  it("offers nothing where there are only vectors, and asks nothing of the platform about it", async () => {
    const { host, user } = showApp();
    await press(user, "open-sheet");
    await screen.findByTestId("entities");
    expect(screen.queryByTestId("update")).toBeNull();
    expect(host.asked("updatable")).toEqual([]);
  });

  it("says so where no service shows its images", async () => {
    const { user } = showApp(live(() => data.updatable(), { updatable: refuse(data.failure("UPDATE_NO_PYRAMID", "rien en ligne", "nothing live")) }));
    await press(user, "open-sheet");
    expect((await screen.findByTestId("update-nothing")).textContent).toContain("rien en ligne");
    expect(screen.queryByTestId("update-begin")).toBeNull();
  });

  it.each([
    ["offline", data.FAILURES.offline, "offline"],
    ["signed out", data.FAILURES.signIn, "signIn"],
    ["without the right", data.FAILURES.noRight, "noRight"],
  ])("is drawn %s", async (_, failure, trouble) => {
    const { user } = showApp(live(() => data.updatable(), { updatable: refuse(failure) }));
    await press(user, "open-sheet");
    await waitFor(() => expect(within(screen.getByTestId("update")).getByTestId("failure").dataset["trouble"]).toBe(trouble));
  });

  it("waits with the shape of what will come", async () => {
    const { user } = showApp(live(() => data.updatable(), { updatable: never }));
    await press(user, "open-sheet");
    await waitFor(() => expect(state()).toBe("reading"));
  });

  it("cannot be updated by an account that may not, which is told before", async () => {
    const refused = data.failure("RIGHT_MISSING", "Il manque le droit BROADCAST.", "The right BROADCAST is missing.");
    const { user } = showApp(live(() => data.updatable({ refused, waiting: data.waiting("shown") })));
    await press(user, "open-sheet");
    await screen.findByTestId("update-shown");
    expect(screen.getByTestId("failure").dataset["trouble"]).toBe("noRight");
    for (const id of ["update-undo", "update-confirm"]) expect((screen.getByTestId(id) as HTMLButtonElement).disabled).toBe(true);
  });
});

describe("an update that is shown", () => {
  const then = (act: "undo" | "confirm") => {
    let over = false;
    let now = data.updatable({ waiting: data.waiting("shown", "injection") });
    const answers = live(() => (over ? data.updatable({ delivery: data.acting({ act }, "published") }) : now), {
      here: () => ({ ...data.account, shown: "camille (production)" }),
      update: () => {
        now = { ...now, delivery: data.acting({ act }, "running") };
        return { id: "d1" };
      },
      watch: () => {
        over = true;
        return data.acting({ act }, "published");
      },
    });
    return showApp(answers);
  };

  it("is kept after its point of no return is named, and where, and only then", async () => {
    const { host, user } = then("confirm");
    await press(user, "open-sheet", "update-confirm");
    expect((await screen.findByTestId("no-return")).textContent).toContain("Ensuite l’état d’avant n’existe plus et ne peut pas être rétabli.");
    await waitFor(() => expect(screen.getByTestId("update-where").textContent).toContain("camille (production)"));
    expect(host.asked("update")).toEqual([]);
    await press(user, "update-yes");
    await waitFor(() => expect(host.asked("update")).toEqual([{ datasheet: NAME, act: { act: "confirm" }, paths: [] }]));
    expect((await screen.findByTestId("update-ended")).textContent).toContain("abandonné");
  });

  it("is taken back after a word on what goes", async () => {
    const { host, user } = then("undo");
    await press(user, "open-sheet", "update-undo");
    expect(screen.queryByTestId("no-return")).toBeNull();
    await press(user, "update-yes");
    await waitFor(() => expect(host.asked("update")).toEqual([{ datasheet: NAME, act: { act: "undo" }, paths: [] }]));
    expect((await screen.findByTestId("update-ended")).textContent).toContain("rétabli");
  });
});

describe("an update that was cut", () => {
  it("goes on, or is given up", async () => {
    const delivery = data.acting({ act: "show", how: "merge" }, "paused");
    const { host, user } = showApp(live(() => data.updatable({ delivery }), { watch: () => delivery }));
    await press(user, "open-sheet", "resume");
    await waitFor(() => expect(host.asked("resume")).toEqual([{ id: "d1" }]));
    await press(user, "give-up", "update-yes");
    await waitFor(() => expect(host.asked("update")).toEqual([{ datasheet: NAME, act: { act: "undo" }, paths: [] }]));
  });

  it("on another machine asks for the same images, in the way that was chosen", async () => {
    const { host, user } = showApp(live(() => data.updatable({ waiting: data.waiting("begun", "merge") })));
    await press(user, "open-sheet", "update-go-on", "update-files");
    const radios = within(await screen.findByTestId("update-ways")).getAllByRole("radio") as HTMLInputElement[];
    expect(radios.map((r) => [r.checked, r.disabled])).toEqual([[false, true], [false, true], [true, false]]);
    await press(user, "update-start");
    await waitFor(() => expect(host.asked("update")[0]).toMatchObject({ act: { act: "show", how: "merge" } }));
  });

  it("in the middle of an injection can only be ended", async () => {
    const { host, user } = showApp(live(() => data.updatable({ waiting: data.waiting("injecting", "injection") })));
    await press(user, "open-sheet");
    await screen.findByTestId("update-injecting");
    expect(screen.queryByTestId("update-undo")).toBeNull();
    await press(user, "update-finish");
    await waitFor(() => expect(host.asked("update")[0]).toMatchObject({ act: { act: "confirm" } }));
  });

  it("before it was kept is left waiting when one would rather not yet", async () => {
    const delivery = data.acting({ act: "confirm" }, "failed", { failure: data.FAILURES.unstable });
    const { host, user } = showApp(live(() => data.updatable({ delivery, waiting: data.waiting("shown") }), { watch: () => delivery }));
    await press(user, "open-sheet", "not-now");
    await waitFor(() => expect(host.asked("forget")).toEqual([{ id: "d1" }]));
  });

  it("is not spoken of any more once the platform says it is over", async () => {
    const delivery = data.acting({ act: "show", how: "merge" }, "failed", { failure: data.FAILURES.offline });
    const { user } = showApp(live(() => data.updatable({ delivery, waiting: data.waiting("shown", "merge") })));
    await press(user, "open-sheet");
    await screen.findByTestId("update-shown");
    expect(screen.queryByTestId("resume")).toBeNull();
  });
});

it("home leads from an update to its datasheet", async () => {
  const { host, user } = showApp({ ...live(() => data.updatable({ waiting: data.waiting("shown") })), deliveries: () => [data.acting({ act: "show", how: "merge" }, "published")] });
  expect((await screen.findByTestId("delivery-card")).textContent).toContain("à regarder");
  await press(user, "open-delivery");
  await screen.findByTestId("update-shown");
  expect(host.asked("updatable")).toEqual([{ name: NAME }]);
});
