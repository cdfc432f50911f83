import own from "../lt.json";
import map from "../parts/map.lt.json";

export default { ...own, ...map };
