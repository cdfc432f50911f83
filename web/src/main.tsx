import "./styles/tokens.css";
import "./styles/base.css";
import { render } from "preact";
import { App } from "./ui/app";
import { start } from "./ui/start";

const root = document.getElementById("app");
if (root) {
  await start();
  render(<App />, root);
}
