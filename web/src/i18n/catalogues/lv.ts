import own from "../lv.json";
import condition from "../parts/condition.lv.json";
import map from "../parts/map.lv.json";

export default { ...own, ...condition, ...map };
