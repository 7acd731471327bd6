/** Findings by what there is to do, and each shown where it is. */
import { screen, waitFor } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import * as data from "../../test/data";
import { show } from "../../test/show";
import { kindsOf } from "./findings";
import { Validate } from "./Validate";

const all = [data.renamedField("A"), data.invalid(3, 5.5, 46.8), data.renamedField("B"), data.noCrs, data.invalid(12, 5.9, 47.1)];

describe("findings", () => {
  it("come by what there is to do, each kind once, the person's own question first", () => {
    expect(kindsOf(all).map((k) => [k.code, k.todo, k.findings.length])).toEqual([
      ["CRS_MISSING", "decide", 1],
      ["GEOMETRY_INVALID", "beware", 2],
      ["FIELD_NAME_REFUSED", "copy", 2],
    ]);
  });

  it("that a repair answers are told apart", () => {
    expect(kindsOf(all, new Set(["GEOMETRY_INVALID"])).find((k) => k.code === "GEOMETRY_INVALID")?.todo).toBe("repair");
  });
});

describe("the step that validates", () => {
  const shown = (findings = all) => (
    <Validate judged={data.judged(findings)} srs={null} layers={[]} extent={null} online={false} onDeclare={() => undefined} />
  );

  it("shows the place and the row of the finding that is pressed", async () => {
    const { host, user } = show(shown());
    expect(screen.getByTestId("validate-map").dataset["points"]).toBe("2");
    await user.click(screen.getByText("Objet 12 de « CANTON » : géométrie invalide (auto-intersection)."));
    expect(screen.getByTestId("validate-map").dataset["chosen"]).toBe("1");
    await waitFor(() => expect(host.asked("rows").at(-1)).toMatchObject({ fid: 12, layer: 0, key: data.source.key }));
  });

  it("asks for the system only where it is in doubt", () => {
    show(shown([data.renamedField("A")]));
    expect(screen.queryByTestId("declare-crs")).toBeNull();
  });

  it("says that all is in order", () => {
    show(shown([]), {}, "en");
    expect(screen.getByTestId("verdict").textContent).toContain("All is in order");
  });
});
