/** What the tests' page lacks. */
import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

// slower machines than ours run these too
configure({ asyncUtilTimeout: 10_000 });

afterEach(cleanup);

// a test page has no WebGL: the map is a box with the name it was given
vi.mock("../shared/Map", async () => {
  const { createElement, useEffect } = await import("react");
  const { COLORS } = await import("../shared/mapStyle");
  return {
    COLORS,
    MapAhead: () => null,
    MapLibrary: () => null,
    Map: function Box(props: { testId?: string; layers: unknown[]; points?: unknown[]; chosen?: number | null; over?: React.ReactNode; onDrawn?: () => void }) {
      const { onDrawn } = props;
      useEffect(() => onDrawn?.(), [onDrawn]);
      return createElement(
        "div",
        { "data-testid": props.testId ?? "map", "data-layers": props.layers.length, "data-points": props.points?.length ?? 0, "data-chosen": props.chosen ?? "" },
        props.over,
      );
    },
  };
});
