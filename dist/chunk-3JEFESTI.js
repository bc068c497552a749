import{__commonJS}from"./chunk-NJBTAX24.js";var require_util=__commonJS({"builtin:util"(exports,module){module.exports=process.getBuiltinModule("util")}});export{require_util};
