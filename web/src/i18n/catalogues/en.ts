import own from "../en.json";
import map from "../parts/map.en.json";

export default { ...own, ...map };
