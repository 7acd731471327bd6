/** The look, in the order in which each sheet builds on the one before. */
import "./fonts.css";
import "./tokens.css";
import "./base.css";
import "./pieces.css";
import "maplibre-gl/dist/maplibre-gl.css";
import "./screens.css";
