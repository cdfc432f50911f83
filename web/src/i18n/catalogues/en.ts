import own from "../en.json";
import condition from "../parts/condition.en.json";
import map from "../parts/map.en.json";

export default { ...own, ...condition, ...map };
