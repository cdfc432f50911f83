import own from "../lv.json";
import map from "../parts/map.lv.json";

export default { ...own, ...map };
